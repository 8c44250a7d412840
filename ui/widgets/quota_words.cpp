#include "quota_words.h"

#include "ui/widgets/figures.h"

#include <QHash>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString withoutProvider(const QString &model, const QByteArray &provider)
{
    const QString prefix = QString::fromUtf8(provider) + u'/';
    return model.startsWith(prefix) ? model.sliced(prefix.size()) : model;
}

std::chrono::seconds until(const QDateTime &time, const QDateTime &now)
{
    return std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(now.msecsTo(time)));
}

} // namespace

QString QuotaWords::window(const Window &window)
{
    const QHash<QString, QString> units{
        {u"requests"_s, tr("Requests")},
        {u"tokens"_s, tr("Tokens")},
        {u"input_tokens"_s, tr("Input tokens")},
        {u"output_tokens"_s, tr("Output tokens")},
        {u"credits"_s, tr("Credits")}};
    const QHash<QString, QString> periods{
        {u"second"_s, tr("second")},
        {u"minute"_s, tr("minute")},
        {u"hour"_s, tr("hour")},
        {u"day"_s, tr("day")},
        {u"month"_s, tr("month")},
        {u"total"_s, tr("total", "a window that never ends")}};
    return tr("%1 / %2", "what is counted, over which time")
        .arg(units.value(window.unit, window.unit), periods.value(window.period, window.period));
}

QString QuotaWords::subject(const Window &window, const QByteArray &provider)
{
    if (window.subject.isEmpty()) {
        return tr("all models");
    }
    return window.shared ? tr("pool “%1”").arg(window.subject)
                         : withoutProvider(window.subject, provider);
}

QString QuotaWords::used(const Window &window)
{
    const QString used = Figures::whole(window.used);
    const QString all = window.limit
        ? tr("%1 of %2", "used, limit").arg(used, Figures::whole(*window.limit))
        : tr("%1, limit unknown", "used").arg(used);
    return window.blocked ? tr("%1, refused", "used of limit").arg(all) : all;
}

QString QuotaWords::back(const Window &window, const QDateTime &now)
{
    if (window.period == "total"_L1) {
        return tr("does not come back");
    }
    return window.resetsAt
        ? tr("back in %1", "time").arg(Figures::timeLeft(until(*window.resetsAt, now)))
        : tr("nothing is used");
}

QString QuotaWords::source(const Window &window)
{
    const QHash<QString, QString> sources{
        {u"header"_s, tr("The provider's replies tell the limit")},
        {u"account_api"_s, tr("The provider's account page tells the limit")},
        {u"learned_from_error"_s, tr("The limit was learned from refusals")},
        {u"suspected"_s, tr("The limit is suspected, because a request was refused there")},
        {u"catalogue"_s, tr("The limit is the published one")},
        {u"guess"_s, tr("The limit is a guess: more was answered than was published")}};
    return sources.value(window.source);
}

QString QuotaWords::details(const Window &window, const QDateTime &now)
{
    const QString source = QuotaWords::source(window);
    QStringList sentences;
    if (source.isEmpty()) {
        sentences << tr("Nobody has told a limit yet.");
    } else if (window.source == "catalogue"_L1) {
        sentences << tr("%1; confidence %2.", "source of a limit, percentage")
                         .arg(source, Figures::percent(window.confidence));
    } else {
        const auto age = window.age.value_or(std::chrono::seconds(0));
        sentences << tr("%1; heard %2 ago, confidence %3.", "source of a limit, time, percentage")
                         .arg(source, Figures::timeLeft(age), Figures::percent(window.confidence));
    }
    if (window.soft) {
        sentences << tr("It is tried out now and then whether more is possible.");
    }
    if (window.blocked) {
        sentences << tr("The provider refuses more for now.");
    }
    if (window.emptyAt && *window.emptyAt > now && window.resetsAt) {
        sentences << tr("If it goes on like this it is used up at %1 and back at %2.")
                         .arg(
                             Figures::moment(*window.emptyAt, now),
                             Figures::moment(*window.resetsAt, now));
    }
    return sentences.join(u' ');
}

QString QuotaWords::reason(const QString &word)
{
    const QHash<QString, QString> reasons{
        {u"rate_limited"_s, tr("its limit is reached")},
        {u"no_credit"_s, tr("no credit is left")},
        {u"key_rejected"_s, tr("the key was rejected")},
        {u"forbidden"_s, tr("the key may not use it")},
        {u"model_gone"_s, tr("the provider does not have it any more")},
        {u"unhealthy"_s, tr("it failed a moment ago and comes last")}};
    return reasons.value(word, word);
}

QString QuotaWords::rest(
    const interfaces::CoolDownFigures &rest, const QByteArray &provider, const QDateTime &now)
{
    const QString model = rest.model.isEmpty() ? tr("All models")
                                               : withoutProvider(rest.model, provider);
    const QString text
        = tr("%1: for %2, because %3", "model, time, reason")
              .arg(model, Figures::timeLeft(until(rest.until, now)), reason(rest.reason));
    return rest.detail.isEmpty()
        ? text
        : tr("%1 (“%2”)", "what rests, the provider's words").arg(text, rest.detail);
}

} // namespace freerelay::ui
