#include "process_stats.h"

#include "core/telemetry/metrics.h"

#include <QFile>
#include <QList>

#include <filesystem>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

#ifdef Q_OS_LINUX

namespace {

QByteArray content(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::optional<double> number(const QList<QByteArray> &fields, qsizetype index)
{
    bool isNumber = false;
    const double value = fields.value(index).toDouble(&isNumber);
    return isNumber ? std::optional(value) : std::nullopt;
}

/// When the machine was started, seconds since 1970.
std::optional<double> bootTime()
{
    const QList<QByteArray> lines = content(u"/proc/stat"_s).split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("btime ")) {
            return number(line.split(' '), 1);
        }
    }
    return std::nullopt;
}

void readStat(ProcessStats &stats)
{
    // Positions of proc(5) less the two fields up to the name, which may hold anything.
    constexpr qsizetype userTime = 11;
    constexpr qsizetype systemTime = 12;
    constexpr qsizetype threadCount = 17;
    constexpr qsizetype startTime = 19;
    constexpr qsizetype virtualSize = 20;
    constexpr qsizetype residentPages = 21;
    const QByteArray text = content(u"/proc/self/stat"_s);
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto user = number(fields, userTime);
    const auto system = number(fields, systemTime);
    if (user && system) {
        stats.cpuSeconds = (*user + *system) / ticks;
    }
    stats.threads = number(fields, threadCount);
    stats.virtualBytes = number(fields, virtualSize);
    if (const auto pages = number(fields, residentPages)) {
        stats.residentBytes = *pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
    }
    const auto started = number(fields, startTime);
    static const std::optional<double> booted = bootTime();
    if (started && booted) {
        stats.startSeconds = *booted + *started / ticks;
    }
}

void readDescriptors(ProcessStats &stats)
{
    std::error_code error;
    double count = 0;
    std::filesystem::directory_iterator entry("/proc/self/fd", error);
    const std::filesystem::directory_iterator end;
    for (; !error && entry != end; entry.increment(error)) {
        ++count;
    }
    if (!error && count > 0) {
        stats.openDescriptors = count - 1; // less the one of the folder that is being read
    }
    struct rlimit limit
    {
    };
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        stats.maxDescriptors = static_cast<double>(limit.rlim_cur);
    }
}

} // namespace

ProcessStats ProcessStats::read()
{
    ProcessStats stats;
    readStat(stats);
    readDescriptors(stats);
    return stats;
}

#else

ProcessStats ProcessStats::read()
{
    return {};
}

#endif

void sampleProcess(Metrics &metrics)
{
    // Read once a scrape, by the first of them.
    const auto last = std::make_shared<ProcessStats>();
    metrics.sample("process_cpu_seconds_total", {}, [last] {
        *last = ProcessStats::read();
        return last->cpuSeconds;
    });
    metrics.sample("process_resident_memory_bytes", {}, [last] { return last->residentBytes; });
    metrics.sample("process_virtual_memory_bytes", {}, [last] { return last->virtualBytes; });
    metrics.sample("process_open_fds", {}, [last] { return last->openDescriptors; });
    metrics.sample("process_max_fds", {}, [last] { return last->maxDescriptors; });
    metrics.sample("process_threads", {}, [last] { return last->threads; });
    metrics.sample("process_start_time_seconds", {}, [last] { return last->startSeconds; });
}

} // namespace freerelay::telemetry
