#include "client_app.h"

#include "core/dialects/redact.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

constexpr qsizetype maxName = 48;
constexpr qsizetype maxVersion = 24;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isProductCharacter(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || QByteArrayView("@._+-/").contains(c);
}

QByteArrayView productAt(QByteArrayView text)
{
    const auto *const end = std::find_if_not(text.begin(), text.end(), isProductCharacter);
    return text.first(end - text.begin());
}

bool isVersion(QByteArrayView word)
{
    if (word.size() > 1 && word.front() == 'v') {
        word = word.sliced(1);
    }
    return !word.isEmpty() && isDigit(word.front());
}

} // namespace

ClientApp clientApp(QByteArrayView userAgent)
{
    QByteArrayView name = productAt(userAgent);
    QByteArrayView version = userAgent.sliced(name.size());
    const qsizetype slash = name.lastIndexOf('/');
    if (slash >= 0 && isVersion(name.sliced(slash + 1))) {
        version = name.sliced(slash + 1);
        name = name.first(slash);
    } else {
        version = version.startsWith(' ') ? productAt(version.sliced(1)) : QByteArrayView();
        version = isVersion(version) ? version : QByteArrayView();
    }
    ClientApp app;
    app.name = dialects::redactSecrets(name.toByteArray());
    app.name.truncate(maxName);
    app.version = dialects::redactSecrets(version.toByteArray());
    app.version.truncate(maxVersion);
    return app;
}

const ClientApp &LastClientApp::of(const QByteArray &userAgent)
{
    if (userAgent != m_userAgent) {
        m_app = clientApp(userAgent);
        m_userAgent = userAgent;
    }
    return m_app;
}

} // namespace freerelay::relay
