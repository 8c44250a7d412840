#include "sliding_window.h"

#include <vector>

namespace freerelay::health {

namespace {

double share(int part, int whole)
{
    return whole == 0 ? 0 : static_cast<double>(part) / whole;
}

} // namespace

void SlidingWindow::add(const CallMark &mark)
{
    advance(mark.at);
    m_marks.push_back(mark);
    if (m_marks.size() > m_size) {
        m_marks.pop_front();
    }
}

void SlidingWindow::advance(common::SteadyTime now)
{
    while (!m_marks.empty() && m_marks.front().at + m_length <= now) {
        m_marks.pop_front();
    }
}

int SlidingWindow::failures() const
{
    return static_cast<int>(std::count_if(
        m_marks.begin(), m_marks.end(), [](const CallMark &mark) { return mark.failed; }));
}

int SlidingWindow::slowCalls() const
{
    return static_cast<int>(std::count_if(
        m_marks.begin(), m_marks.end(), [](const CallMark &mark) { return mark.slow; }));
}

int SlidingWindow::failingSources() const
{
    std::vector<std::uint32_t> sources;
    for (const CallMark &mark : m_marks) {
        if (mark.failed) {
            sources.push_back(mark.source);
        }
    }
    std::sort(sources.begin(), sources.end());
    return static_cast<int>(std::unique(sources.begin(), sources.end()) - sources.begin());
}

double SlidingWindow::failureRate() const
{
    return share(failures(), calls());
}

double SlidingWindow::slowRate() const
{
    return share(slowCalls(), calls());
}

} // namespace freerelay::health
