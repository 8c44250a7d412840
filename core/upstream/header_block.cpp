#include "header_block.h"

#include "core/common/byte_writer.h"

#include <sodium.h>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

namespace {

// libcurl would add "Expect: 100-continue" to large bodies, and a form's content type; a bare
// "Name:" forbids it.
constexpr QByteArrayView noExpect = "Expect:";
constexpr QByteArrayView noContentType = "Content-Type:";
constexpr QByteArrayView noAccept = "Accept:";

bool isFraming(QByteArrayView name)
{
    constexpr std::array<QByteArrayView, 5> framing{
        "host", "content-length", "transfer-encoding", "connection", "expect"};
    return std::find(framing.begin(), framing.end(), name) != framing.end();
}

// RFC 9110 §5.6.2: token.
bool isToken(QByteArrayView name)
{
    constexpr QByteArrayView punctuation = "!#$%&'*+-.^_`|~";
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), [=](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || punctuation.contains(c);
    });
}

// RFC 9110 §5.5: no control character but the tab.
bool isFieldValue(QByteArrayView value)
{
    return std::none_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

/// Writes lines and the nodes that point at them.
class Lines
{
public:
    Lines(QByteArray &text, qsizetype size, std::vector<curl_slist> &nodes, std::size_t count)
        : m_writer(text, size)
        , m_nodes(nodes)
    {
        m_nodes.reserve(count);
    }

    void add(QByteArrayView name, QByteArrayView value)
    {
        begin();
        m_writer << name;
        if (value.isEmpty()) {
            m_writer << ';'; // libcurl's way to send a header without a value
        } else {
            m_writer << ": " << value;
        }
        m_writer << '\0';
    }

    void forbid(QByteArrayView line)
    {
        begin();
        m_writer << line << '\0';
    }

    void link()
    {
        for (std::size_t i = 1; i < m_nodes.size(); ++i) {
            m_nodes[i - 1].next = &m_nodes[i];
        }
    }

private:
    void begin() { m_nodes.push_back({m_writer.cursor(), nullptr}); }

    common::ByteWriter m_writer;
    std::vector<curl_slist> &m_nodes;
};

} // namespace

HeaderBlock::~HeaderBlock()
{
    wipe();
}

common::Result<void> HeaderBlock::build(const HttpCall &call)
{
    wipe();
    qsizetype size = noExpect.size() + noContentType.size() + noAccept.size() + 3;
    for (const auto &[name, value] : call.headers.fields()) {
        if (!isToken(name) || !isFieldValue(value)) {
            return common::failure(
                common::ErrorKind::InvalidArgument,
                u"A request header holds characters that HTTP does not allow."_s);
        }
        size += name.size() + value.size() + 3;
    }
    const bool hasCredential = !call.credentialHeader.isEmpty() && !call.credential.isEmpty();
    if (hasCredential) {
        if (!isToken(call.credentialHeader) || !isFieldValue(call.credential.reveal())) {
            return common::failure(
                common::ErrorKind::InvalidArgument,
                u"The key holds characters that HTTP does not allow in a header."_s);
        }
        size += call.credentialHeader.size() + call.credential.reveal().size() + 3;
    }
    // One allocation: a growing buffer would leave copies of the credential behind.
    Lines lines(m_text, size, m_nodes, call.headers.size() + 4);
    for (const auto &[name, value] : call.headers.fields()) {
        if (!isFraming(name)) {
            lines.add(name, value);
        }
    }
    lines.forbid(noExpect);
    if (!call.headers.contains("content-type")) {
        lines.forbid(noContentType);
    }
    if (!call.headers.contains("accept")) {
        lines.forbid(noAccept);
    }
    if (hasCredential) {
        lines.add(call.credentialHeader, call.credential.reveal());
    }
    lines.link();
    return {};
}

void HeaderBlock::wipe()
{
    if (!m_text.isEmpty()) {
        sodium_memzero(m_text.data(), static_cast<std::size_t>(m_text.size()));
    }
    m_text.clear();
    m_nodes.clear();
}

} // namespace freerelay::upstream
