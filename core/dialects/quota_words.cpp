#include "quota_words.h"

#include <QByteArrayView>

#include <initializer_list>
#include <optional>

namespace freerelay::dialects {

namespace {

using catalog::QuotaFact;
using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using Number = std::optional<std::int64_t>;

constexpr qsizetype maxDigits = 15;

bool hasAny(QByteArrayView text, std::initializer_list<QByteArrayView> words)
{
    for (const QByteArrayView word : words) {
        if (text.contains(word)) {
            return true;
        }
    }
    return false;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// "10,000 neurons" → 10000; nullopt when `text` does not begin with a number.
Number leadingNumber(QByteArrayView text)
{
    QByteArray digits;
    for (qsizetype i = 0; i < text.size() && digits.size() <= maxDigits; ++i) {
        const bool group = text[i] == ',' && i + 3 < text.size() && isDigit(text[i + 1])
            && isDigit(text[i + 2]) && isDigit(text[i + 3]);
        if (isDigit(text[i])) {
            digits.append(text[i]);
        } else if (!group || digits.isEmpty()) {
            break;
        }
    }
    return digits.isEmpty() || digits.size() > maxDigits ? std::nullopt
                                                         : Number(digits.toLongLong());
}

/// The number that follows a word: "limit 15000", "used: 11972".
Number numberAfter(QByteArrayView text, QByteArrayView word)
{
    for (qsizetype at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        QByteArrayView rest = text.sliced(at + word.size());
        while (!rest.isEmpty() && (rest.front() == ' ' || rest.front() == ':')) {
            rest = rest.sliced(1);
        }
        if (const Number number = leadingNumber(rest)) {
            return number;
        }
    }
    return std::nullopt;
}

std::optional<QuotaPeriod> periodIn(QByteArrayView text)
{
    if (hasAny(
            text,
            {"per day",
             "per-day",
             "perday",
             "daily",
             "(rpd)",
             "(tpd)",
             "/ day",
             "per 86400s",
             "byday"})) {
        return QuotaPeriod::Day;
    }
    if (hasAny(
            text,
            {"per minute",
             "per min",
             "per-min",
             "perminute",
             "(rpm)",
             "(tpm)",
             "/ minute",
             "per 60s",
             "byminute"})) {
        return QuotaPeriod::Minute;
    }
    if (hasAny(text, {"per month", "monthly", "/ month"})) {
        return QuotaPeriod::Month;
    }
    if (hasAny(text, {"per hour", "hourly", "per 3600s"})) {
        return QuotaPeriod::Hour;
    }
    return hasAny(text, {"per second", "(rps)"}) ? std::optional(QuotaPeriod::Second)
                                                 : std::nullopt;
}

QuotaUnit unitIn(QByteArrayView text)
{
    if (hasAny(text, {"neurons", "credits"})) {
        return QuotaUnit::Credits;
    }
    if (hasAny(text, {"output tokens", "outputtoken"})) {
        return QuotaUnit::OutputTokens;
    }
    if (hasAny(text, {"input tokens", "inputtoken", "input_token"})) {
        return QuotaUnit::InputTokens;
    }
    return hasAny(text, {"tokens per", "token limit", "(tpm)", "(tpd)", "token_count"})
        ? QuotaUnit::Tokens
        : QuotaUnit::Requests;
}

Number limitIn(QByteArrayView text)
{
    for (const QByteArrayView word : {"limit of ", "limited to ", "allocation of ", "limit"}) {
        if (const Number number = numberAfter(text, word)) {
            return number;
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<QuotaFact> quotaFacts(const ErrorBody &body)
{
    std::vector<QuotaFact> facts;
    for (const auto &[id, value] : body.violations) {
        const QByteArray name = id.toLower();
        if (const auto period = periodIn(name)) {
            QuotaFact fact;
            fact.unit = unitIn(name);
            fact.period = period;
            fact.limit = leadingNumber(value);
            fact.remaining = 0;
            facts.push_back(fact);
        }
    }
    if (!facts.empty()) {
        return facts;
    }
    const QByteArray text = body.message.toLower();
    if (const auto period = periodIn(text)) {
        QuotaFact fact;
        fact.unit = unitIn(text);
        fact.period = period;
        fact.limit = limitIn(text);
        fact.used = fact.limit ? numberAfter(text, "used") : std::nullopt;
        facts.push_back(fact);
    }
    return facts;
}

} // namespace freerelay::dialects
