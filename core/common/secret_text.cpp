#include "secret_text.h"

#include "core/common/secret.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::common {

namespace {

constexpr std::array<QByteArrayView, 17> keyPrefixes{
    "fr-app-",
    "sk-",
    "sk_",
    "pk_",
    "gsk_",
    "AIza",
    "nvapi-",
    "hf_",
    "xai-",
    "csk-",
    "cpk_",
    "pplx-",
    "ghp_",
    "gho_",
    "r8_",
    "github_pat_",
    "fw_"};
constexpr qsizetype minLength = 10;

} // namespace

bool startsLikeKey(QByteArrayView run)
{
    return run.size() >= minLength
        && std::any_of(keyPrefixes.begin(), keyPrefixes.end(), [run](QByteArrayView prefix) {
               return run.startsWith(prefix);
           });
}

QString maskNamedSecrets(QString text)
{
    static const QRegularExpression userInfo(u"([A-Za-z][A-Za-z0-9+.-]*://)[^\\s/?#]+@"_s);
    static const QRegularExpression scheme(
        u"\\b(bearer|basic)(\\s+)[A-Za-z0-9._~+/=-]{6,}"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression named(
        u"((?:api[-_]?key|goog-api-key|[a-z]*[-_]?token|secret|passwd|password|[?&]key)"
        "[\"'\\\\]*\\s*[=:]\\s*[\"'\\\\]*)[^\\s\"'\\\\&,;\\[]{4,}"_s,
        QRegularExpression::CaseInsensitiveOption);
    text.replace(userInfo, u"\\1[redacted]@"_s);
    text.replace(scheme, u"\\1\\2[redacted]"_s);
    text.replace(named, u"\\1[redacted]"_s);
    return text;
}

void maskValue(QByteArray &text, const Secret &value)
{
    constexpr qsizetype shortest = 6;
    const QByteArray &plain = value.reveal();
    if (plain.size() < shortest) {
        return;
    }
    text.replace(plain, secretMark);
    if (const QByteArray encoded = plain.toPercentEncoding(); encoded != plain) {
        text.replace(encoded, secretMark);
    }
}

} // namespace freerelay::common
