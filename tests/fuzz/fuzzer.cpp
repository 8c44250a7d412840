// The program of the preset `fuzz`: libFuzzer's main, one target by the environment's choice.

#include "targets.h"

#include <QByteArray>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

const freerelay::fuzz::Target &chosen()
{
    static const freerelay::fuzz::Target *const target = freerelay::fuzz::target(
        qgetenv("FREERELAY_FUZZ_TARGET"));
    if (target == nullptr) {
        std::fputs("FREERELAY_FUZZ_TARGET must be one of:", stderr);
        for (const freerelay::fuzz::Target &one : freerelay::fuzz::targets()) {
            std::fprintf(stderr, " %s", one.name);
        }
        std::fputs("\n", stderr);
        std::exit(2);
    }
    return *target;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    chosen().run({reinterpret_cast<const char *>(data), qsizetype(size)});
    return 0;
}
