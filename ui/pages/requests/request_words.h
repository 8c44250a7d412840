#pragma once

#include "core/interfaces/request_history.h"

#include <QCoreApplication>
#include <QString>

#include <chrono>

namespace freerelay::ui {

/// The record's words for people. Unknown words are shown as they are, without underscores.
class RequestWords
{
    Q_DECLARE_TR_FUNCTIONS(freerelay::ui::RequestWords)

public:
    /// Why an attempt failed ("rate_limited").
    [[nodiscard]] static QString failure(const QString &word);
    /// Why a candidate was not considered ("cooling_down").
    [[nodiscard]] static QString disqualification(const QString &word);
    /// What became known of a request after its end.
    [[nodiscard]] static QString amendment(const interfaces::AmendmentInfo &amendment);
    /// "35 µs", "210 ms", "2.4 s"
    [[nodiscard]] static QString duration(std::chrono::nanoseconds time);
};

} // namespace freerelay::ui
