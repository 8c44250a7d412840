// Audits requests into a folder until it is killed; tells the number of each that is on the disk.
//   audit_victim FOLDER

#include "core/store/audit/audit_trail.h"
#include "tests/unit/store/audit_samples.h"

#include <cstdio>
#include <thread>

using namespace freerelay;
using namespace std::chrono_literals;

int main(int argc, char **argv)
{
    if (argc != 2 || !common::initialiseCrypto()) {
        return 2;
    }
    const tests::ManualClock clock;
    store::AuditOptions options;
    options.place.folder = QString::fromLocal8Bit(argv[1]);
    options.place.maxSegmentBytes = 20'000;
    options.place.headEvery = 20;
    options.gather = 0ms;
    store::AuditTrail trail(options, clock);
    store::AuditTerms terms = tests::signedTerms();
    terms.strict = true;
    trail.setTerms(terms);
    const auto rules = tests::auditRules(true);
    std::atomic<int> open{0};
    for (int i = 1;; ++i) {
        while (open.load() > 20) {
            std::this_thread::yield();
        }
        ++open;
        trail.audit(tests::auditEntry(i, rules), [i, &open](bool isWritten) {
            if (isWritten) {
                std::printf("%d\n", i);
                std::fflush(stdout);
            }
            --open;
        });
    }
}
