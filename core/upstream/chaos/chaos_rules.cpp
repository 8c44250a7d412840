#include "chaos_rules.h"

#include <QLocale>
#include <QSet>
#include <QStringList>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr auto anyFault = "any"_L1;
constexpr qsizetype maxProviderChars = 64;

tl::unexpected<common::Error> refuse(const QString &sentence)
{
    return failure(ErrorKind::InvalidArgument, sentence, u"chaos"_s);
}

QString shown(QStringView text)
{
    constexpr qsizetype enough = 80;
    return text.first(std::min(text.size(), enough)).toString();
}

QString faultList()
{
    QStringList names{anyFault};
    for (const FaultWords &words : allFaults()) {
        names.append(QString::fromLatin1(words.name));
    }
    return names.join(u", "_s);
}

bool isProviderId(QStringView text)
{
    return text.size() <= maxProviderChars && std::all_of(text.begin(), text.end(), [](QChar c) {
               return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'-';
           });
}

/// The values of a rule before they are understood.
struct Parts
{
    QString provider;
    QString fault = anyFault;
    double rate = ChaosRule().rate;
    std::uint64_t seed = ChaosRule().seed;
};

Result<void> setPart(Parts &parts, QStringView name, QStringView value)
{
    bool isNumber = true;
    if (name == "provider"_L1) {
        parts.provider = value.toString();
        if (value.isEmpty()) {
            return refuse(
                u"Chaos: “provider=” needs the id of a provider; leave it out for all."_s);
        }
    } else if (name == "fault"_L1) {
        parts.fault = value.toString();
    } else if (name == "rate"_L1) {
        parts.rate = value.toDouble(&isNumber);
    } else if (name == "seed"_L1) {
        parts.seed = value.toULongLong(&isNumber);
    } else {
        return refuse(u"Chaos: “%1” is unknown; there are provider, fault, rate and seed."_s.arg(
            shown(name)));
    }
    return isNumber ? Result<void>()
                    : refuse(u"Chaos: “%1” is no number for %2."_s.arg(shown(value), name));
}

} // namespace

Result<ChaosRule>
makeChaosRule(const QString &provider, const QString &fault, double rate, std::uint64_t seed)
{
    ChaosRule rule;
    if (!isProviderId(provider)) {
        return refuse(u"Chaos: “%1” is no id of a provider."_s.arg(shown(provider)));
    }
    rule.provider = provider.toLatin1();
    if (fault != anyFault) {
        rule.fault = faultNamed(fault.toUtf8());
        if (!rule.fault) {
            return refuse(
                u"Chaos: there is no fault “%1”. There are: %2."_s.arg(shown(fault), faultList()));
        }
    }
    if (!(rate >= 0 && rate <= 1)) { // NaN is neither
        return refuse(u"Chaos: a rate is from 0 to 1."_s);
    }
    rule.rate = rate;
    rule.seed = seed;
    return rule;
}

Result<ChaosRule> parseChaosRule(QStringView text)
{
    Parts parts;
    QSet<QStringView> seen;
    for (const QStringView part : text.split(u',')) {
        if (text.isEmpty()) {
            break;
        }
        const qsizetype equals = part.indexOf(u'=');
        if (equals < 0) {
            return refuse(
                u"Chaos: “%1” is no NAME=VALUE, as in provider=groq,fault=429-day,rate=0.3."_s.arg(
                    shown(part)));
        }
        const QStringView name = part.first(equals).trimmed();
        if (seen.contains(name)) {
            return refuse(u"Chaos: “%1” is there twice."_s.arg(shown(name)));
        }
        seen.insert(name);
        if (const auto set = setPart(parts, name, part.sliced(equals + 1).trimmed()); !set) {
            return failure(set.error());
        }
    }
    return makeChaosRule(parts.provider, parts.fault, parts.rate, parts.seed);
}

QString faultText(const ChaosRule &rule)
{
    return rule.fault ? QString::fromLatin1(nameOf(*rule.fault)) : QString(anyFault);
}

QString toText(const ChaosRule &rule)
{
    QStringList parts;
    if (!rule.provider.isEmpty()) {
        parts.append("provider="_L1 + QString::fromLatin1(rule.provider));
    }
    parts.append("fault="_L1 + faultText(rule));
    parts.append("rate="_L1 + QString::number(rule.rate, 'g', QLocale::FloatingPointShortest));
    parts.append("seed="_L1 + QString::number(rule.seed));
    return parts.join(u',');
}

} // namespace freerelay::upstream
