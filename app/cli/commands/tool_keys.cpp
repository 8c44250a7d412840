#include "tool_keys.h"

#include "core/apps/app_book.h"
#include "core/keys/fingerprint_key.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

common::Secret keyIn(const std::optional<QJsonObject> &reply)
{
    return reply ? common::Secret(reply->value("key"_L1).toString().toLatin1()) : common::Secret();
}

QString textOf(const common::Secret &key)
{
    return QString::fromLatin1(key.reveal());
}

} // namespace

common::Secret ToolKeys::propose(const QString &tool, const common::Secret &recorded)
{
    int exitCode = exitOk;
    return keyIn(m_context.call(
        u"app-propose"_s, {{u"tool"_s, tool}, {u"recorded"_s, textOf(recorded)}}, exitCode));
}

bool ToolKeys::issue(const QString &tool, const QString &name, const common::Secret &key)
{
    int exitCode = exitOk;
    const QJsonObject args{{u"tool"_s, tool}, {u"name"_s, name}, {u"key"_s, textOf(key)}};
    return m_context.call(u"app-issue"_s, args, exitCode).has_value();
}

common::Secret ToolKeys::ofLaunch(const QString &tool, const QString &name)
{
    const auto hashKey = keys::loadOrCreateFingerprintKey(m_context.paths.fingerprintKeyFile);
    if (!hashKey) {
        m_context.console.error(hashKey.error());
        return {};
    }
    const QString launched = u"launch:"_s + tool;
    const common::Secret key = apps::launchKeyOf(*hashKey, launched.toUtf8());
    const common::Secret proposed = propose(launched, key);
    const bool isKnown = proposed.reveal() == key.reveal();
    if (proposed.isEmpty() || !(isKnown || issue(launched, name, key))) {
        return {};
    }
    return key;
}

bool ToolKeys::revoke(const QString &tool)
{
    if (!m_context.control.connect()) {
        return revokeInFile(tool);
    }
    int exitCode = exitOk;
    return m_context.call(u"app-revoke-tool"_s, {{u"tool"_s, tool}}, exitCode).has_value();
}

common::Secret ToolKeys::own()
{
    int exitCode = exitOk;
    return keyIn(m_context.call(u"app-own-key"_s, {}, exitCode));
}

bool ToolKeys::revokeInFile(const QString &tool)
{
    const common::SystemClock clock;
    const auto hashKey = keys::loadOrCreateFingerprintKey(m_context.paths.fingerprintKeyFile);
    common::Result<void> revoked = hashKey.map([](const common::Secret &) {});
    if (hashKey) {
        apps::AppBook book(m_context.paths.appsFile, *hashKey, clock);
        revoked = book.load().and_then([&] { return book.revokeTool(tool); });
    }
    if (!revoked) {
        m_context.console.error(revoked.error());
    }
    return revoked.has_value();
}

} // namespace freerelay::app
