#include "audit_export.h"

#include "core/common/private_file.h"
#include "core/common/signing.h"
#include "core/store/audit/audit_tail.h"
#include "core/store/audit/canonical_json.h"

#include <QDir>
#include <QFile>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

/// SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410, 4).
const QByteArray &derPrefix()
{
    static const QByteArray prefix = QByteArray::fromHex("302a300506032b6570032100");
    return prefix;
}

tl::unexpected<common::Error> cannotWrite(const QString &path)
{
    common::Error error{ErrorKind::StorageFailed, u"The export cannot be written."_s};
    error.detail = path;
    return common::failure(std::move(error));
}

/// What the export gathers while it copies.
class Exporter
{
public:
    explicit Exporter(const ExportOptions &options)
        : m_options(options)
    { }

    Result<ExportResult> run();

private:
    [[nodiscard]] std::vector<int> wanted() const;
    [[nodiscard]] QByteArray firstTime(int number) const;
    [[nodiscard]] Result<void> copy(int number);
    void note(QByteArrayView line);
    [[nodiscard]] Result<void> writeRest();
    [[nodiscard]] Result<void> write(const QString &name, const QByteArray &content);
    [[nodiscard]] QByteArray readme() const;

    const ExportOptions &m_options;
    ExportResult m_result;
    QByteArray m_heads;
    AuditLink m_last;
};

/// Of the first record in a segment; "" when it has none.
QByteArray Exporter::firstTime(int number) const
{
    QFile file(m_options.folder % u'/' % segmentName(number));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const auto link = consistentLink(file.readLine().trimmed());
    return link ? link->record.value("time"_L1).toString().toLatin1() : QByteArray();
}

/// Times in the trail sort as texts.
std::vector<int> Exporter::wanted() const
{
    const std::vector<int> all = segmentNumbers(m_options.folder);
    std::vector<int> result;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool tooLate = m_options.until && firstTime(all[i]) >= auditTime(*m_options.until);
        const bool tooEarly = m_options.from && i + 1 < all.size()
            && firstTime(all[i + 1]) < auditTime(*m_options.from);
        if (!tooLate && !tooEarly) {
            result.push_back(all[i]);
        }
    }
    return result;
}

void Exporter::note(QByteArrayView line)
{
    const auto link = consistentLink(line);
    if (!link) {
        return; // it is exported as it is: to judge it is the verifier's task
    }
    m_last = *link;
    if (link->record.value("kind"_L1).toString() == "head"_L1) {
        m_heads += line.toByteArray() + '\n';
    }
    const auto key = fromHex(
        link->record.value("public_key"_L1).toString().toLatin1(), common::signing::publicKeyBytes);
    if (key && !m_result.publicKeys.contains(*key)) {
        m_result.publicKeys.append(*key);
    }
}

Result<void> Exporter::copy(int number)
{
    const QString name = segmentName(number);
    QFile file(m_options.folder % u'/' % name);
    if (!file.open(QIODevice::ReadOnly)) {
        common::Error error{
            ErrorKind::PermissionDenied, u"The audit trail cannot be read."_s, file.errorString()};
        return common::failure(std::move(error));
    }
    QByteArray content = file.readAll();
    content.truncate(content.lastIndexOf('\n') + 1); // the last line may be on its way
    qsizetype begin = 0;
    for (qsizetype end = content.indexOf('\n'); end >= 0; end = content.indexOf('\n', begin)) {
        note(QByteArrayView(content).sliced(begin, end - begin));
        begin = end + 1;
    }
    ++m_result.segments;
    m_result.bytes += content.size();
    return write(name, content);
}

Result<void> Exporter::write(const QString &name, const QByteArray &content)
{
    const QString path = m_options.target % u'/' % name;
    return common::writePrivateFile(path, content) ? Result<void>() : cannotWrite(path);
}

QByteArray Exporter::readme() const
{
    QByteArray text = "An audit trail of FreeRelay, to be verified without FreeRelay.\n\n"
                      "audit-*.jsonl      the records, each line with its hash\n"
                      "heads.jsonl        those of them that sign all before them\n"
                      "checkpoint.json    number and hash of the last record of this export\n";
    if (!m_result.publicKeys.isEmpty()) {
        text
            += "public-key-*.pem   who signed (Ed25519). Compare with a copy that you had before:\n"
               "                   whoever made this export could have put another key here\n";
    }
    text += "audit_verify.py    verifies it: python3 audit_verify.py .";
    text += m_result.publicKeys.isEmpty() ? "\n" : " --public-key public-key-1.pem\n";
    if (m_result.isPartial) {
        text += "\nThe export begins with a later record than the first: add --partial.\n";
    }
    text += "\nFormat, guarantees and their limits are described in docs/audit.md of FreeRelay.\n";
    return text;
}

Result<void> Exporter::writeRest()
{
    int number = 0;
    for (const QByteArray &key : m_result.publicKeys) {
        const QString name = u"public-key-%1.pem"_s.arg(++number);
        if (const auto written = write(name, publicKeyPem(key)); !written) {
            return written;
        }
    }
    const QByteArray checkpoint = CanonicalObject()
                                      .text("hash", m_last.head.hash.toHex())
                                      .number("n", std::int64_t(m_last.n))
                                      .toJson()
        + '\n';
    for (const auto &[name, content] :
         {std::pair(u"heads.jsonl"_s, m_heads),
          std::pair(u"checkpoint.json"_s, checkpoint),
          std::pair(u"audit_verify.py"_s, m_options.verifyScript),
          std::pair(u"README.txt"_s, readme())}) {
        if (const auto written = write(name, content); !written) {
            return written;
        }
    }
    return {};
}

Result<ExportResult> Exporter::run()
{
    const std::vector<int> numbers = wanted();
    if (numbers.empty()) {
        return common::failure(
            ErrorKind::NotFound, u"There is nothing to export in “%1”."_s.arg(m_options.folder));
    }
    const QDir target(m_options.target);
    if (target.exists() && !target.isEmpty()) {
        return common::failure(
            ErrorKind::AlreadyExists, u"“%1” is not empty."_s.arg(m_options.target));
    }
    if (!QDir().mkpath(m_options.target)) {
        return cannotWrite(m_options.target);
    }
    m_result.isPartial = numbers.front() != segmentNumbers(m_options.folder).front();
    for (const int number : numbers) {
        if (const auto copied = copy(number); !copied) {
            return common::failure(copied.error());
        }
    }
    if (const auto written = writeRest(); !written) {
        return common::failure(written.error());
    }
    return m_result;
}

} // namespace

QByteArray publicKeyPem(const QByteArray &publicKey)
{
    return "-----BEGIN PUBLIC KEY-----\n" + QByteArray(derPrefix() + publicKey).toBase64()
        + "\n-----END PUBLIC KEY-----\n";
}

std::optional<QByteArray> publicKeyFrom(const QByteArray &text)
{
    if (auto key = fromHex(text.trimmed(), common::signing::publicKeyBytes)) {
        return key;
    }
    QByteArray base64;
    for (const QByteArray &line : text.split('\n')) {
        if (!line.startsWith("-----")) {
            base64 += line.trimmed();
        }
    }
    const QByteArray der = QByteArray::fromBase64(base64);
    const bool isKey = der.startsWith(derPrefix())
        && der.size() == derPrefix().size() + common::signing::publicKeyBytes;
    return isKey ? std::optional(der.sliced(derPrefix().size())) : std::nullopt;
}

Result<ExportResult> exportAudit(const ExportOptions &options)
{
    return Exporter(options).run();
}

} // namespace freerelay::store
