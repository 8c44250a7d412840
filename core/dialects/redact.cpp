#include "redact.h"

#include "core/common/secret_text.h"

#include <QByteArrayView>

#include <algorithm>

namespace freerelay::dialects {

namespace {

constexpr qsizetype minBareLength = 32;

bool isKeyByte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
        || c == '_' || c == '*';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool looksSecret(QByteArrayView run)
{
    if (common::startsLikeKey(run)) {
        return true;
    }
    return run.size() >= minBareLength && std::any_of(run.begin(), run.end(), isDigit)
        && std::any_of(run.begin(), run.end(), isLetter);
}

} // namespace

QByteArray redactSecrets(QByteArray text)
{
    qsizetype begin = 0;
    while (begin < text.size()) {
        if (!isKeyByte(text[begin])) {
            ++begin;
            continue;
        }
        qsizetype end = begin;
        while (end < text.size() && isKeyByte(text[end])) {
            ++end;
        }
        if (looksSecret(QByteArrayView(text).sliced(begin, end - begin))) {
            constexpr QByteArrayView mark = "[redacted]";
            text.replace(begin, end - begin, mark);
            end = begin + mark.size();
        }
        begin = end;
    }
    return common::maskNamedSecrets(QString::fromUtf8(text)).toUtf8();
}

} // namespace freerelay::dialects
