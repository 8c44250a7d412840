#include "dashboard_page.h"

#include "core/gateway/routes/dashboard_chart.h"
#include "core/interfaces/request_query.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using interfaces::RequestStats;
using interfaces::StatsFigures;
using interfaces::StatsWindow;

const QByteArray &stylesheet()
{
    static const QByteArray css = R"(
:root{color-scheme:light dark;--bg:#f5f5f5;--card:#fff;--text:#1b1d21;--soft:#505860;--line:#d8dbe0;
--c0:#2563b8;--c1:#b25a00;--c2:#1a7f37;--c3:#7a3fc2;--c4:#0f7b83;--c5:#6b7480;--bad:#a40e26}
@media (prefers-color-scheme:dark){:root{--bg:#17191c;--card:#22242a;--text:#e8eaed;--soft:#b4bcc6;
--line:#3d4149;--c0:#6ea8fe;--c1:#ffb454;--c2:#5fd38d;--c3:#c3a1ff;--c4:#4fd1d9;--c5:#9aa3ad;
--bad:#ff8a80}}
body{margin:0 auto;max-width:70rem;padding:1.5rem;background:var(--bg);color:var(--text);
font:1rem/1.45 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:1.5rem 0 .5rem}
p{margin:.25rem 0 1rem}.soft,figcaption,caption,.legend,th{color:var(--soft)}
nav a{color:var(--soft);margin-right:1rem}nav a[aria-current]{color:var(--text);font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.9rem;margin:1rem 0}
.tiles div,figure{background:var(--card);border:1px solid var(--line);border-radius:.5rem;
padding:.9rem}.tiles b{display:block;font-size:1.5rem}
figure{margin:0 0 .9rem}figcaption b{color:var(--text)}figure>svg{width:100%;height:auto;display:block}
.legend{margin:.25rem 0 0;font-size:.875rem}.legend span{margin-right:1.2rem}
.axis{fill:var(--soft);font-size:11px}.grid{stroke:var(--line)}
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}
.c5{fill:var(--c5)}.bad{fill:var(--bad)}
.line{fill:none;stroke-width:2}.line.c0{stroke:var(--c0)}.line.c1{stroke:var(--c1);stroke-dasharray:7 4}
.line.c3{stroke:var(--c3);stroke-dasharray:2 4}
.tables{overflow-x:auto}table{border-collapse:collapse;width:100%;margin-bottom:.9rem}
caption{text-align:left;font-weight:600;color:var(--text);padding:.5rem 0}
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid var(--line);font-weight:400;
white-space:nowrap}th:first-child,td:first-child{text-align:left;white-space:normal;
overflow-wrap:anywhere}
)"_ba;
    return css;
}

QByteArray escaped(const QString &text)
{
    return text.toHtmlEscaped().toUtf8();
}

double tokensOf(const StatsFigures &figures)
{
    return double(figures.promptTokens) + double(figures.completionTokens);
}

std::optional<double> milliseconds(std::optional<std::chrono::microseconds> time)
{
    constexpr double perMillisecond = 1'000;
    return time ? std::optional(double(time->count()) / perMillisecond) : std::nullopt;
}

QByteArray ttftText(const StatsFigures &figures)
{
    const auto median = milliseconds(figures.ttftP50);
    return median ? shortDuration(*median) : "–"_ba;
}

QByteArray failedText(const StatsFigures &figures)
{
    if (figures.requests == 0) {
        return "–"_ba;
    }
    constexpr double hundred = 100;
    const double share = hundred * double(figures.failed) / double(figures.requests);
    return QByteArray::number(share, 'f', share == 0 ? 0 : 1) + " %";
}

QByteArray frame(const QByteArray &content)
{
    return R"(<!doctype html><html lang="en"><head><meta charset="utf-8">)"
           R"(<meta name="viewport" content="width=device-width,initial-scale=1">)"
           R"(<meta http-equiv="refresh" content="10"><title>FreeRelay</title><style>)"
        + stylesheet() + "</style></head><body><header><h1>FreeRelay</h1>" + content
        + "</body></html>\n";
}

QByteArray navigation(StatsWindow window)
{
    QByteArray html = R"(<nav aria-label="Window of time">)"_ba;
    for (const StatsWindow other :
         {StatsWindow::Hour,
          StatsWindow::Day,
          StatsWindow::Week,
          StatsWindow::Month,
          StatsWindow::Quarter}) {
        const QByteArray word = interfaces::toString(other).toLatin1();
        html += "<a href=\"/dashboard?window=" + word + '"'
            + (other == window ? " aria-current=\"page\"" : "") + '>' + word + "</a>";
    }
    return html + "</nav>";
}

QByteArray tiles(const StatsFigures &totals)
{
    const auto tile = [](const QByteArray &value, const char *caption) -> QByteArray {
        return "<div><b>" + value + "</b><span class=\"soft\">" + caption + "</span></div>";
    };
    return "<div class=\"tiles\">" + tile(shortNumber(double(totals.requests)), "requests")
        + tile(failedText(totals), "failed") + tile(ttftText(totals), "to the first token (median)")
        + tile(shortNumber(tokensOf(totals)), "tokens") + "</div>";
}

DashboardChart requestChart(const RequestStats &stats)
{
    DashboardChart chart{u"Requests"_s, u"in each step"_s, false, shortNumber, {}};
    const auto answered = [](const StatsFigures &figures) {
        return std::optional(double(figures.requests - figures.failed - figures.clientLeft));
    };
    const auto failed = [](const StatsFigures &figures) {
        return std::optional(double(figures.failed));
    };
    chart.series = {
        {u"answered"_s, "c0"_ba, dashboardValues(stats, stats.series, answered)},
        {u"failed"_s, "bad"_ba, dashboardValues(stats, stats.series, failed)}};
    return chart;
}

DashboardChart ttftChart(const RequestStats &stats)
{
    DashboardChart chart{
        u"Time to first token"_s, u"that so many had at most"_s, true, shortDuration, {}};
    const auto add = [&](const QString &name, const QByteArray &style, auto percentile) {
        const auto figure = [percentile](const StatsFigures &figures) {
            return milliseconds(figures.*percentile);
        };
        chart.series.push_back({name, style, dashboardValues(stats, stats.series, figure)});
    };
    add(u"half of the requests"_s, "c0"_ba, &StatsFigures::ttftP50);
    add(u"95 %"_s, "c1"_ba, &StatsFigures::ttftP95);
    add(u"99 %"_s, "c3"_ba, &StatsFigures::ttftP99);
    return chart;
}

DashboardChart tokenChart(const RequestStats &stats)
{
    DashboardChart chart{
        u"Tokens by provider"_s, u"of prompts and answers, in each step"_s, false, shortNumber, {}};
    constexpr std::size_t most = 5;
    const auto tokens = [](const StatsFigures &figures) {
        return std::optional(tokensOf(figures));
    };
    std::vector<std::optional<double>> rest = dashboardValues(stats, stats.series, tokens);
    for (const interfaces::StatsLine &line : stats.lines) {
        if (chart.series.size() == most || line.name.isEmpty()) {
            continue;
        }
        auto values = dashboardValues(stats, line.points, tokens);
        for (std::size_t i = 0; i < rest.size(); ++i) {
            rest[i] = rest[i].value_or(0) - values[i].value_or(0);
        }
        const QByteArray style = 'c' + QByteArray::number(qsizetype(chart.series.size()));
        chart.series.push_back({line.name, style, std::move(values)});
    }
    const auto isSome = [](const auto &value) {
        constexpr double half = 0.5;
        return value.value_or(0) > half;
    };
    if (std::any_of(rest.begin(), rest.end(), isSome)) {
        chart.series.push_back({u"others"_s, "c5"_ba, std::move(rest)});
    }
    return chart;
}

QByteArray table(const char *caption, const std::vector<StatsFigures> &rows, const char *nobody)
{
    constexpr std::size_t most = 10;
    QByteArray html = QByteArray("<table><caption>") + caption
        + "</caption><tr><th>name</th><th>requests</th><th>failed</th>"
          "<th>to the first token (median)</th><th>tokens</th></tr>";
    for (std::size_t i = 0; i < std::min(most, rows.size()); ++i) {
        const StatsFigures &row = rows[i];
        html += "<tr><td>" + (row.name.isEmpty() ? QByteArray(nobody) : escaped(row.name))
            + "</td><td>" + QByteArray::number(row.requests) + "</td><td>" + failedText(row)
            + "</td><td>" + ttftText(row) + "</td><td>" + shortNumber(tokensOf(row)) + "</td></tr>";
    }
    return html + "</table>";
}

QByteArray stepWords(std::chrono::seconds step)
{
    using namespace std::chrono;
    if (step >= days(1)) {
        return QByteArray::number(qint64(duration_cast<days>(step).count())) + " d";
    }
    if (step >= hours(1)) {
        return QByteArray::number(qint64(duration_cast<hours>(step).count())) + " h";
    }
    return QByteArray::number(qint64(duration_cast<minutes>(step).count())) + " min";
}

} // namespace

QByteArray dashboardPage(StatsWindow window, const RequestStats &stats)
{
    QByteArray content = "<p class=\"soft\">As of "
        + stats.until.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s).toLatin1() + " · a step is "
        + stepWords(stats.step) + "</p>" + navigation(window) + "</header><main>"
        + tiles(stats.totals);
    if (stats.totals.requests == 0) {
        content += "<p>No request in this window. Send one to the address of this page, with /v1 "
                   "added, and the charts appear here.</p>";
        return frame(content + "</main>");
    }
    content += dashboardSvg(stats, requestChart(stats)) + dashboardSvg(stats, ttftChart(stats))
        + dashboardSvg(stats, tokenChart(stats)) + "<div class=\"tables\">"
        + table("Providers", stats.providers, "(nobody answered)")
        + table("Models", stats.models, "(nobody answered)")
        + table("Apps", stats.apps, "(not told)") + "</div></main>";
    return frame(content);
}

QByteArray dashboardWithoutFigures()
{
    return frame("</header><main><p>The figures cannot be read at the moment. The window of "
                 "FreeRelay and its log say why.</p></main>"_ba);
}

const common::HeaderList &dashboardHeaders()
{
    static const common::HeaderList headers{
        {"content-type"_ba, "text/html; charset=utf-8"_ba},
        {"cache-control"_ba, "no-store"_ba},
        {"content-security-policy"_ba,
         "default-src 'none'; style-src 'sha256-"
             + QCryptographicHash::hash(stylesheet(), QCryptographicHash::Sha256).toBase64()
             + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"x-frame-options"_ba, "DENY"_ba},
        {"x-content-type-options"_ba, "nosniff"_ba},
        {"referrer-policy"_ba, "no-referrer"_ba},
        {"cross-origin-opener-policy"_ba, "same-origin"_ba},
        {"cross-origin-resource-policy"_ba, "same-origin"_ba}};
    return headers;
}

} // namespace freerelay::gateway
