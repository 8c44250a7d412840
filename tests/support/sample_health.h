#pragma once

#include "core/interfaces/health_figures.h"

#include <cmath>

namespace freerelay::tests {

/// A quarter of an hour: not called at first, well, failing until its circuit opened, tried again,
/// well. The last step begins at 2026-11-24 17:20 UTC.
inline interfaces::HealthFigures someHealth()
{
    using interfaces::CircuitLevel;
    using std::chrono::milliseconds;
    constexpr int steps = 180;
    interfaces::HealthFigures figures;
    figures.start
        = QDateTime(QDate(2026, 11, 24), QTime(17, 20), Qt::UTC).addSecs(-5 * (steps - 1));
    for (int i = 0; i < steps; ++i) {
        if (i < 30) {
            figures.samples.emplace_back();
            continue;
        }
        interfaces::HealthSample sample;
        const double wave = std::sin(i / 9.0);
        sample.ttftP50 = milliseconds(420 + int(60 * wave));
        sample.ttftP95 = milliseconds(1'150 + int(240 * wave) + (i > 80 ? 600 : 0));
        sample.errorRate = i < 80 ? 0.02 : i < 96 ? 0.05 * (i - 80) : i < 130 ? 0.8 : 0.0;
        if (i >= 110 && i < 122) {
            sample.errorRate.reset(); // nobody asked
        }
        sample.circuit = i >= 96 && i < 122 ? CircuitLevel::Open
            : i >= 122 && i < 130           ? CircuitLevel::HalfOpen
                                            : CircuitLevel::Closed;
        sample.circuits = 3;
        sample.unwell = sample.circuit == CircuitLevel::Closed ? 0 : 1;
        sample.limit = i < 96 ? 6 : i < 130 ? 3 : 4;
        sample.underWay = sample.circuit == CircuitLevel::Closed ? 1 + i % 4 : 1;
        figures.samples.emplace_back(sample);
    }
    return figures;
}

} // namespace freerelay::tests
