#pragma once

#include "core/interfaces/quota_figures.h"

#include <QCoreApplication>
#include <QString>

namespace freerelay::ui {

/// What is known of a quota, in words.
class QuotaWords
{
    Q_DECLARE_TR_FUNCTIONS(freerelay::ui::QuotaWords)

public:
    using Window = interfaces::QuotaWindowFigures;

    /// "Requests / minute"
    [[nodiscard]] static QString window(const Window &window);
    /// "gpt-oss-120b", "all models", "pool “flash”". @param provider  id, which is not repeated
    [[nodiscard]] static QString subject(const Window &window, const QByteArray &provider);
    /// "12 of 30", "17, limit unknown", "250 of 250, refused"
    [[nodiscard]] static QString used(const Window &window);
    /// "back in 42 s", "nothing is used". @param now  when the figures were taken
    [[nodiscard]] static QString back(const Window &window, const QDateTime &now);
    /// Where the limit comes from, how old and how sure that is; and what is expected. Sentences.
    [[nodiscard]] static QString details(const Window &window, const QDateTime &now);
    /// "qwen3-32b rests for 90 s: rate limit reached (“…”)"
    [[nodiscard]] static QString
    rest(const interfaces::CoolDownFigures &rest, const QByteArray &provider, const QDateTime &now);

private:
    [[nodiscard]] static QString source(const Window &window);
    [[nodiscard]] static QString reason(const QString &word);
};

} // namespace freerelay::ui
