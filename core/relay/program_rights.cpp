#include "program_rights.h"

#include "core/catalog/name_rules.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

ClientError forbidden(QByteArray message, QByteArray code)
{
    constexpr int status = 403;
    return {status, std::move(message), "permission_error"_ba, "model"_ba, std::move(code), {}};
}

} // namespace

bool isOpenTo(const apps::App &app, QByteArrayView program)
{
    const QByteArrayList &models = app.rights.models;
    return models.isEmpty()
        || std::any_of(models.begin(), models.end(), [program](const QByteArray &pattern) {
               return catalog::matchesPattern(pattern, program);
           });
}

std::optional<ClientError>
programRefusalOf(const apps::App &app, QByteArrayView program, common::Mode configured)
{
    if (!isOpenTo(app, program)) {
        return forbidden(
            "The key of this app does not open this model. Allow it in the window under Apps or with “freerelay apps set”."_ba,
            "model_not_allowed"_ba);
    }
    const bool isLimited = app.rights.dailyBudget || app.rights.mode == common::Mode::Free;
    if (isLimited && configured != common::Mode::Free) {
        return forbidden(
            "“" + app.name.toUtf8()
                + "” has a budget or may use free models only, and what a program asks for cannot "
                  "be kept to that. It may run programs while FreeRelay itself is in the mode "
                  "free.",
            "not_allowed"_ba);
    }
    return std::nullopt;
}

} // namespace freerelay::relay
