// Records many requests into a real file and reads them as the window does.
//   bench_record_soak FOLDER [COUNT [PER_SECOND]]   figures as lines "name<TAB>value"

#include "tests/support/record_soak.h"

#include <algorithm>
#include <cstdio>
#include <sys/resource.h>

using namespace freerelay;
using namespace freerelay::tests;

namespace {

constexpr int rounds = 21; ///< of each question

double cpuMicroseconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval &time) {
        return double(time.tv_sec) * 1e6 + double(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Milliseconds, the median and the worst.
void tellTimes(const SoakQuestion &question, store::RecordReader &reader)
{
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        if (!question.ask(reader)) {
            std::printf("%s\tno answer\n", question.name);
            return;
        }
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count());
    }
    std::sort(times.begin(), times.end());
    std::printf(
        "%s: median, worst ms\t%.2f\t%.2f\n", question.name, times[rounds / 2], times.back());
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "bench_record_soak FOLDER [COUNT [PER_SECOND]]\n");
        return 2;
    }
    const common::SystemClock clock;
    SoakOptions options;
    options.path = QString::fromLocal8Bit(argv[1]) + QStringLiteral("/records.db");
    options.count = argc > 2 ? QByteArray(argv[2]).toInt() : 1'000'000;
    options.perSecond = argc > 3 ? QByteArray(argv[3]).toInt() : 2'000;
    options.step = 50'000;
    options.told = [](int offered, std::int64_t rss) {
        std::printf("RSS KiB after %d\t%lld\n", offered, static_cast<long long>(rss));
        std::fflush(stdout);
    };
    const double before = cpuMicroseconds();
    const SoakFigures figures = soak(options, clock);
    std::printf("written\t%llu\n", static_cast<unsigned long long>(figures.status.written));
    std::printf("dropped\t%llu\n", static_cast<unsigned long long>(figures.status.dropped));
    std::printf(
        "CPU us a request, making and writing it\t%.1f\n",
        (cpuMicroseconds() - before) / options.count);
    std::printf("file MiB\t%.0f\n", double(QFile(options.path).size()) / 1'048'576);
    store::RecordReader reader(options.path);
    for (const SoakQuestion &question : soakQuestions(options.count)) {
        tellTimes(question, reader);
    }
    return figures.status.dropped == 0 ? 0 : 1;
}
