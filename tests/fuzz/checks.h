#pragma once

#include <QByteArrayView>

#include <cstdint>

namespace freerelay::fuzz {

/// Ends the process with `what` unless `holds`: that is what a fuzzer takes for a finding.
void require(bool holds, const char *what);

/// Takes choices off the front of an input; the rest is the text that is parsed. Digits count from
/// zero, so that seeds can be written by hand.
class Choices
{
public:
    explicit Choices(QByteArrayView input)
        : m_rest(input)
    { }

    /// A number below `count`; 0 when nothing is left.
    [[nodiscard]] unsigned below(unsigned count);
    [[nodiscard]] QByteArrayView rest() const { return m_rest; }

private:
    QByteArrayView m_rest;
};

/// Calls `use` with `text` in pieces of `size` bytes until it says no.
template <typename Use> void inPieces(QByteArrayView text, qsizetype size, Use use)
{
    while (!text.isEmpty()) {
        const qsizetype length = std::min(size, text.size());
        if (!use(text.first(length))) {
            return;
        }
        text = text.sliced(length);
    }
}

} // namespace freerelay::fuzz
