#include "app_operations.h"

#include "core/interfaces/app_keys_json.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services::control {

namespace {

using common::Result;
using common::Secret;
using interfaces::AppKeyChange;
using interfaces::AppKeys;

QJsonObject keyJson(const Secret &key)
{
    return {{u"key"_s, QString::fromLatin1(key.reveal())}};
}

QString text(const QJsonObject &args, QLatin1StringView name)
{
    return args.value(name).toString();
}

Secret secret(const QJsonObject &args, QLatin1StringView name)
{
    return Secret(text(args, name).toLatin1());
}

QJsonObject nothing()
{
    return {};
}

void addOrders(Operations &operations, interfaces::GatewayControl &control)
{
    operations[u"app-add"_s] = [&control](const QJsonObject &args, const Reply &reply) {
        reply(
            interfaces::appChangeFromJson(args)
                .and_then([&](const AppKeyChange &wanted) { return control.appKeys().add(wanted); })
                .map([](const interfaces::NewAppKey &added) { return interfaces::toJson(added); }));
    };
    operations[u"app-set"_s] = [&control](const QJsonObject &args, const Reply &reply) {
        reply(interfaces::appChangeFromJson(args.value("change"_L1).toObject())
                  .and_then([&](const AppKeyChange &wanted) {
                      return control.appKeys().change(text(args, "id"_L1), wanted);
                  })
                  .map([](const interfaces::AppKeyRow &app) { return interfaces::toJson(app); }));
    };
    operations[u"app-revoke"_s] = [&control](const QJsonObject &args, const Reply &reply) {
        reply(control.appKeys().revoke(text(args, "id"_L1)).map(nothing));
    };
    operations[u"app-restore"_s] = [&control](const QJsonObject &args, const Reply &reply) {
        reply(control.appKeys().restore(text(args, "id"_L1)).map(nothing));
    };
}

void addConnecting(Operations &operations, interfaces::GatewayControl &control)
{
    operations[u"app-propose"_s] = [&control](const QJsonObject &args, const Reply &reply) {
        reply(keyJson(
            control.appKeys().proposedKey(text(args, "tool"_L1), secret(args, "recorded"_L1))));
    };
    operations[u"app-issue"_s] = [&control](const QJsonObject &args, const Reply &reply) {
        reply(control.appKeys()
                  .issue(text(args, "tool"_L1), text(args, "name"_L1), secret(args, "key"_L1))
                  .map(nothing));
    };
    operations[u"app-revoke-tool"_s] = [&control](const QJsonObject &args, const Reply &reply) {
        reply(control.appKeys().revokeTool(text(args, "tool"_L1)).map(nothing));
    };
    operations[u"app-own-key"_s] = [&control](const QJsonObject &, const Reply &reply) {
        reply(keyJson(control.appKeys().ownKey()));
    };
}

} // namespace

void addAppOperations(Operations &operations, interfaces::GatewayControl &control)
{
    operations[u"apps"_s] = [&control](const QJsonObject &, const Reply &reply) {
        const AppKeys &keys = control.appKeys();
        reply(interfaces::appsJson(keys.list(), keys.problem()));
    };
    addOrders(operations, control);
    addConnecting(operations, control);
}

} // namespace freerelay::services::control
