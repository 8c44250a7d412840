#include "header_block.h"

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
    m_text.reserve(size);
    for (const auto &[name, value] : call.headers.fields()) {
        if (!isFraming(name)) {
            addLine(name, value);
        }
    }
    const auto forbid = [this](QByteArrayView line) {
        m_starts.push_back(m_text.size());
        m_text.append(line).append('\0');
    };
    forbid(noExpect);
    if (!call.headers.contains("content-type")) {
        forbid(noContentType);
    }
    if (!call.headers.contains("accept")) {
        forbid(noAccept);
    }
    if (hasCredential) {
        addLine(call.credentialHeader, call.credential.reveal());
    }
    m_nodes.resize(m_starts.size());
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        m_nodes[i].data = m_text.data() + m_starts[i];
        m_nodes[i].next = i + 1 < m_nodes.size() ? &m_nodes[i + 1] : nullptr;
    }
    return {};
}

void HeaderBlock::addLine(QByteArrayView name, QByteArrayView value)
{
    m_starts.push_back(m_text.size());
    m_text.append(name);
    if (value.isEmpty()) {
        m_text.append(';'); // libcurl's way to send a header without a value
    } else {
        m_text.append(": ").append(value);
    }
    m_text.append('\0');
}

void HeaderBlock::wipe()
{
    if (!m_text.isEmpty()) {
        sodium_memzero(m_text.data(), static_cast<std::size_t>(m_text.size()));
    }
    m_text.clear();
    m_starts.clear();
    m_nodes.clear();
}

} // namespace freerelay::upstream
