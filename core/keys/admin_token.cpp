#include "admin_token.h"

#include "core/common/private_file.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

using common::ErrorKind;
using common::failure;
using common::Result;
using common::Secret;

namespace {

constexpr int tokenBytes = 32;
constexpr qint64 maxFileBytes = 1'024;

Result<Secret> readToken(const QString &fileName)
{
    const auto text = common::readTrustedFile(fileName, maxFileBytes, common::FileTrust::OwnerOnly);
    if (!text) {
        return failure(text.error());
    }
    const QByteArray token = text->trimmed();
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (token.size() != tokenBytes * 2 || !std::all_of(token.begin(), token.end(), isHex)) {
        return failure(
            ErrorKind::StorageFailed,
            fileName % u": it holds no admin token; remove it, and a new one is made."_s);
    }
    return Secret(token);
}

} // namespace

Result<Secret> loadOrCreateAdminToken(const QString &fileName)
{
    auto token = readToken(fileName);
    if (token) {
        return token;
    }
    if (token.error().kind == ErrorKind::PermissionDenied) {
        token.error().message
            += u" Others may know the admin token: remove the file, and a new one is made."_s;
    }
    if (token.error().kind != ErrorKind::NotFound) {
        return token;
    }
    const QByteArray fresh = common::randomHex(tokenBytes) + '\n';
    if (auto written = common::writePrivateFile(fileName, fresh); !written) {
        return failure(std::move(written.error()));
    }
    return readToken(fileName);
}

} // namespace freerelay::keys
