#pragma once

#include "core/interfaces/quota_figures.h"
#include "ui/models/quota_list_model.h"

#include <QObject>
#include <QTimer>

namespace freerelay::ui {

class GatewayFeed;

/// What is used of the selected provider's quota. Looks each second while active, so that times
/// run down; inactive it asks nothing. Main thread.
class QuotaPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QuotaPresenter)

public:
    explicit QuotaPresenter(
        GatewayFeed &feed,
        std::chrono::milliseconds pace = std::chrono::seconds(1),
        QObject *parent = nullptr);
    ~QuotaPresenter() override = default;

    void setActive(bool active);
    void setProvider(const QByteArray &id);

    [[nodiscard]] QuotaListModel &rows() { return m_model; }
    /// Nothing is known of the provider's quota.
    [[nodiscard]] bool isEmpty() const;
    /// "Used up; back in 3 h 05 min"; "" = it is not.
    [[nodiscard]] QString usedUpText() const;
    /// What rests, a line for each; "" = nothing does.
    [[nodiscard]] QString restsText() const;
    /// Who answers, in this order.
    [[nodiscard]] QString nextText() const;

Q_SIGNALS:
    void changed();

private:
    void look();

    GatewayFeed &m_feed;
    QTimer m_pace;
    QByteArray m_provider;
    interfaces::QuotaFigures m_figures;
    interfaces::ProviderQuota m_quota; ///< of the provider
    QuotaListModel m_model;
};

} // namespace freerelay::ui
