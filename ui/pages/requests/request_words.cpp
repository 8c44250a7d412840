#include "request_words.h"

#include <QHash>
#include <QLocale>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString known(const QHash<QString, QString> &words, const QString &word)
{
    const auto found = words.constFind(word);
    return found == words.constEnd() ? QString(word).replace(u'_', u' ') : *found;
}

} // namespace

QString RequestWords::failure(const QString &word)
{
    return known(
        {{u"bad_request"_s, tr("refused the request")},
         {u"context_too_long"_s, tr("request too long for it")},
         {u"key_rejected"_s, tr("key rejected")},
         {u"no_credit"_s, tr("no credit left")},
         {u"forbidden"_s, tr("not allowed")},
         {u"model_gone"_s, tr("model is gone")},
         {u"rate_limited"_s, tr("limit reached")},
         {u"overloaded"_s, tr("overloaded")},
         {u"timeout"_s, tr("no answer in time")},
         {u"network"_s, tr("network failure")},
         {u"malformed"_s, tr("answer not understood")},
         {u"cancelled"_s, tr("stopped, the client left")},
         {u"cancelled_by_hedge"_s, tr("stopped, another one was faster")}},
        word);
}

QString RequestWords::disqualification(const QString &word)
{
    return known(
        {{u"no_key"_s, tr("no key")},
         {u"no_consent"_s, tr("not agreed to")},
         {u"disabled"_s, tr("switched off")},
         {u"no_address"_s, tr("no address")},
         {u"mode_forbids"_s, tr("not in this mode")},
         {u"context_too_small"_s, tr("request too long for it")},
         {u"no_tools"_s, tr("cannot use tools")},
         {u"no_vision"_s, tr("cannot see images")},
         {u"no_json_schema"_s, tr("cannot keep to a JSON schema")},
         {u"cooling_down"_s, tr("resting")},
         {u"quota_exhausted"_s, tr("quota used up")},
         {u"deprecated"_s, tr("being withdrawn")},
         {u"wire_not_spoken"_s, tr("its protocol is not spoken")},
         {u"not_chat"_s, tr("not a chat model")},
         {u"wrong_task"_s, tr("answers requests of another kind")}},
        word);
}

QString RequestWords::amendment(const interfaces::AmendmentInfo &amendment)
{
    const auto seconds = std::chrono::round<std::chrono::seconds>(amendment.after).count();
    const QString after = tr("%1 s").arg(QLocale().toString(qlonglong(seconds)));
    const QString by = amendment.otherRequestId.isEmpty()
        ? tr("a request that is not recorded any more")
        : tr("request %1").arg(amendment.otherRequestId);
    if (amendment.kind == "client_retried"_L1) {
        return tr("Asked again after %1 (%2)", "time, request").arg(after, by);
    }
    if (amendment.kind == "client_regenerated"_L1) {
        return tr("Same prompt again after %1 (%2)", "time, request").arg(after, by);
    }
    return QString(amendment.kind).replace(u'_', u' ');
}

QString RequestWords::duration(std::chrono::nanoseconds time)
{
    using namespace std::chrono;
    const QLocale locale;
    const auto micros = round<microseconds>(time).count();
    constexpr qint64 milli = 1'000;
    constexpr qint64 second = 1'000'000;
    if (micros < milli) {
        return tr("%1 µs").arg(locale.toString(qlonglong(micros)));
    }
    if (micros < second) {
        return tr("%1 ms").arg(locale.toString(qlonglong(round<milliseconds>(time).count())));
    }
    return tr("%1 s").arg(locale.toString(double(micros) / double(second), 'f', 1));
}

} // namespace freerelay::ui
