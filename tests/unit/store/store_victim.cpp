// Records requests into a file.
//   store_victim PATH PREFIX         until it is killed; tells after each batch how many are
//   written store_victim PATH PREFIX COUNT   so many, then ends in order

#include "core/store/record_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_outcome.h"

#include <cstdio>
#include <thread>

using namespace freerelay;
using namespace std::chrono_literals;

namespace {

/// Far enough below the queue's limit that nothing is dropped.
constexpr std::uint64_t mostWaiting = 100;

void tell(std::uint64_t written)
{
    std::printf("%llu\n", static_cast<unsigned long long>(written));
    std::fflush(stdout);
}

void recordForEver(store::RecordStore &records, const QByteArray &prefix)
{
    std::uint64_t told = 0;
    for (int i = 1;; ++i) {
        records.record(tests::sharedOutcome(i, prefix));
        store::StoreStatus status = records.status();
        while (status.queued > mostWaiting) {
            std::this_thread::yield();
            status = records.status();
        }
        if (status.written != told) {
            told = status.written;
            tell(told);
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        return 2;
    }
    const tests::ManualClock clock;
    store::StoreOptions options;
    options.path = QString::fromLocal8Bit(argv[1]);
    options.gather = 0ms; // it writes all the time, so that it is killed while it writes
    store::RecordStore records(options, clock);
    if (argc < 4) {
        recordForEver(records, argv[2]);
    }
    const int count = QByteArray(argv[3]).toInt();
    for (int i = 1; i <= count; ++i) {
        records.record(tests::sharedOutcome(i, argv[2]));
    }
    records.stop(10s);
    tell(records.status().written);
    return records.status().written == std::uint64_t(count) ? 0 : 1;
}
