#include "key_sources.h"

#include "core/keys/key_text.h"

#include <QSet>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

namespace {

constexpr int mostNumbered = 16;

/// "GROQ_API_KEY", "GROQ_API_KEY_2", …
QByteArray numbered(const QByteArray &variable, int number)
{
    return number == 1 ? variable : variable + '_' + QByteArray::number(number);
}

/// One place that has variables: the process environment or a `.env` file.
struct Variables
{
    KeySource source;
    QString prefix; ///< of the name shown to people
    std::function<common::Secret(const QByteArray &)> value; ///< empty when not set
};

void addKeys(
    FoundKeys &found, const Variables &from, const QByteArray &provider, const QByteArray &name)
{
    const QString shown = from.prefix % QString::fromLatin1(name);
    const common::Secret whole = from.value(name);
    QByteArrayView rest = whole.reveal();
    while (!rest.trimmed().isEmpty()) {
        const qsizetype comma = rest.indexOf(',');
        const QByteArrayView part = comma < 0 ? rest : rest.first(comma);
        rest = comma < 0 ? QByteArrayView() : rest.sliced(comma + 1);
        if (part.trimmed().isEmpty()) {
            continue;
        }
        auto key = keyFromText(part, shown);
        if (!key) {
            found.problems.append(key.error().message);
            continue;
        }
        const QByteArray fingerprint = key->fingerprint();
        found.keys.push_back(
            {provider, *std::move(key), fingerprint, from.source, shown, QByteArray()});
    }
}

bool isAnySet(const Variables &from, const QByteArray &variable)
{
    for (int number = 1; number <= mostNumbered; ++number) {
        if (!from.value(numbered(variable, number)).isEmpty()) {
            return true;
        }
    }
    return false;
}

FoundKeys findKeys(const Variables &from, const std::vector<catalog::Provider> &providers)
{
    FoundKeys found;
    for (const catalog::Provider &provider : providers) {
        for (const QByteArray &variable : provider.keyVariables) {
            if (!isAnySet(from, variable)) {
                continue;
            }
            for (int number = 1; number <= mostNumbered; ++number) {
                addKeys(found, from, provider.id, numbered(variable, number));
            }
            break;
        }
    }
    found.problems.removeDuplicates(); // providers may share a variable
    return found;
}

} // namespace

FoundKeys environmentKeys(
    const common::Environment &environment, const std::vector<catalog::Provider> &providers)
{
    const auto value = [&environment](const QByteArray &name) {
        return common::Secret(environment.value(name).value_or(QByteArray()));
    };
    return findKeys({KeySource::Environment, {}, value}, providers);
}

FoundKeys dotEnvKeys(const DotEnv &dotEnv, const std::vector<catalog::Provider> &providers)
{
    const auto value = [&dotEnv](const QByteArray &name) { return dotEnv.values.value(name); };
    return findKeys({KeySource::DotEnv, u".env: "_s, value}, providers);
}

HonouredName keyVariablesOf(const std::vector<catalog::Provider> &providers)
{
    QSet<QByteArray> names;
    for (const catalog::Provider &provider : providers) {
        for (const QByteArray &variable : provider.keyVariables) {
            for (int number = 1; number <= mostNumbered; ++number) {
                names.insert(numbered(variable, number));
            }
        }
    }
    return [names](const QByteArray &name) { return names.contains(name); };
}

std::vector<KeyOffer> offeredTokens(
    const common::Environment &environment, const std::vector<catalog::Provider> &providers)
{
    std::vector<KeyOffer> offers;
    for (const catalog::Provider &provider : providers) {
        for (const QByteArray &variable : provider.offerVariables) {
            const auto value = environment.value(variable);
            auto key = keyFromText(value.value_or(QByteArray()), QString::fromLatin1(variable));
            if (key) {
                offers.push_back({provider.id, variable, *std::move(key)});
            }
        }
    }
    return offers;
}

common::Result<common::Secret> clientKey(const common::Environment &environment)
{
    const auto value = environment.value("FREERELAY_API_KEY"_ba);
    if (!value) {
        return common::Secret();
    }
    return keyFromText(*value, u"FREERELAY_API_KEY"_s);
}

} // namespace freerelay::keys
