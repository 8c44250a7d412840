#include "keychain_backend.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

namespace {

QString sentenceFor(QLatin1StringView reason)
{
    if (reason == keychain_reason::locked) {
        return u"The keychain is locked; unlock it and try again."_s;
    }
    if (reason == keychain_reason::denied) {
        return u"The keychain refused access to FreeRelay."_s;
    }
    if (reason == keychain_reason::noService) {
        return u"There is no keychain service in this session."_s;
    }
    return u"The keychain failed."_s;
}

} // namespace

common::Error keychainError(QLatin1StringView reason, const QString &detail)
{
    return {
        common::ErrorKind::KeychainUnavailable, sentenceFor(reason), detail, QString(reason), {}};
}

} // namespace freerelay::keys
