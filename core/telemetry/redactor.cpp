#include "redactor.h"

#include "core/common/secret_text.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

namespace {

constexpr qsizetype shortestBareRun = 32;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isRunByte(char c)
{
    return isDigit(c) || isLetter(c) || c == '-' || c == '_' || c == '*';
}

/// Long and of letters and digits only: no name of a model is (they have dashes and dots).
bool holdsBareKey(QByteArrayView run)
{
    qsizetype begin = 0;
    for (qsizetype end = 0; end <= run.size(); ++end) {
        if (end < run.size() && (isDigit(run[end]) || isLetter(run[end]))) {
            continue;
        }
        const QByteArrayView part = run.sliced(begin, end - begin);
        if (part.size() >= shortestBareRun && std::any_of(part.begin(), part.end(), isDigit)
            && std::any_of(part.begin(), part.end(), isLetter)) {
            return true;
        }
        begin = end + 1;
    }
    return false;
}

/// Replaces runs that look like keys.
QByteArray withoutShapes(const QByteArray &text)
{
    QByteArray result;
    result.reserve(text.size());
    for (qsizetype at = 0; at < text.size();) {
        if (!isRunByte(text[at])) {
            result += text[at++];
            continue;
        }
        qsizetype end = at;
        while (end < text.size() && isRunByte(text[end])) {
            ++end;
        }
        const QByteArrayView run = QByteArrayView(text).sliced(at, end - at);
        const bool secret = common::startsLikeKey(run) || holdsBareKey(run);
        result += secret ? common::secretMark : run;
        at = end;
    }
    return result;
}

bool isLonger(const common::Secret &left, const common::Secret &right)
{
    return left.reveal().size() > right.reveal().size();
}

} // namespace

Redactor::Redactor()
    : m_values(std::make_shared<const Values>())
{ }

void Redactor::setSecrets(const std::vector<common::Secret> &secrets)
{
    auto values = std::make_shared<Values>(*m_values.load());
    for (const common::Secret &secret : secrets) {
        const bool known = std::any_of(
            values->list.begin(), values->list.end(), [&secret](const common::Secret &one) {
                return one.equals(secret.reveal());
            });
        if (!known && !secret.isEmpty()) {
            values->list.push_back(secret);
        }
    }
    // One value may begin with another one.
    std::stable_sort(values->list.begin(), values->list.end(), isLonger);
    m_values.publish(std::move(values));
}

QString Redactor::redact(const QString &text) const
{
    QByteArray bytes = text.toUtf8();
    const std::shared_ptr<const Values> values = m_values.load();
    for (const common::Secret &value : values->list) {
        common::maskValue(bytes, value);
    }
    return common::maskNamedSecrets(QString::fromUtf8(withoutShapes(bytes)));
}

} // namespace freerelay::telemetry
