#include "fingerprint_key.h"

#include "core/common/private_file.h"

#include <QLoggingCategory>

namespace freerelay::keys {

namespace {

Q_LOGGING_CATEGORY(lcFingerprint, "freerelay.keys", QtInfoMsg)

using common::ErrorKind;
using common::Result;
using common::Secret;

constexpr qint64 maxFileBytes = 1'024;

Secret keyIn(const QByteArray &text)
{
    const QByteArray bytes = QByteArray::fromHex(text.trimmed());
    const bool good = bytes.size() == common::fingerprintKeyBytes
        && bytes.toHex() == text.trimmed();
    return good ? Secret(bytes) : Secret();
}

} // namespace

Result<Secret> loadOrCreateFingerprintKey(const QString &fileName)
{
    const auto text = common::readTrustedFile(fileName, maxFileBytes, common::FileTrust::OwnerOnly);
    if (text) {
        if (Secret key = keyIn(*text); !key.isEmpty()) {
            return key;
        }
    }
    if (text || text.error().kind != ErrorKind::NotFound) {
        qCWarning(lcFingerprint)
            << "the key for fingerprints cannot be used any more and is replaced";
    }
    const QByteArray fresh = common::randomHex(common::fingerprintKeyBytes);
    if (auto written = common::writePrivateFile(fileName, fresh + '\n'); !written) {
        return common::failure(std::move(written.error()));
    }
    return keyIn(fresh);
}

} // namespace freerelay::keys
