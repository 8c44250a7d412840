#include "thread_priority.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace freerelay::common {

void stepBehind()
{
#ifdef __linux__
    constexpr int nice = 10; // of 19: about a tenth of the share of a thread at 0
    constexpr int callingThread = 0;
    (void)setpriority(PRIO_PROCESS, callingThread, nice); // without it all goes on as before
#endif
}

} // namespace freerelay::common
