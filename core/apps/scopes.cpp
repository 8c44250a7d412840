#include "scopes.h"

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::apps {

namespace {

constexpr std::array allScopes{
    Scope::Chat, Scope::Embeddings, Scope::Moderations, Scope::Models, Scope::RunPrograms};

QString wordOf(Scope scope)
{
    return QString::fromLatin1(toString(scope));
}

} // namespace

const char *toString(Scope scope)
{
    switch (scope) {
    case Scope::Chat:
        return "chat";
    case Scope::Embeddings:
        return "embeddings";
    case Scope::Moderations:
        return "moderations";
    case Scope::Models:
        return "models";
    case Scope::RunPrograms:
        return "run-programs";
    }
    return "";
}

QStringList toWords(Scopes scopes)
{
    QStringList words;
    for (const Scope scope : allScopes) {
        if (scopes.testFlag(scope)) {
            words << wordOf(scope);
        }
    }
    return words;
}

common::Result<Scopes> scopesFromWords(const QStringList &words)
{
    Scopes scopes;
    for (const QString &word : words) {
        const auto *const found = std::find_if(
            allScopes.begin(), allScopes.end(), [&word](Scope one) { return wordOf(one) == word; });
        if (found == allScopes.end()) {
            return common::failure(
                common::ErrorKind::InvalidArgument,
                u"There is no scope “%1”. There are: %2."_s.arg(
                    word, toWords(Scopes::fromInt(~0)).join(u", "_s)),
                u"scopes"_s);
        }
        scopes |= *found;
    }
    if (!scopes) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"A key needs at least one scope."_s, u"scopes"_s);
    }
    return scopes;
}

} // namespace freerelay::apps
