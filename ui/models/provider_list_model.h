#pragma once

#include "core/interfaces/gateway_control.h"
#include "ui/theme/tones.h"

#include <QAbstractListModel>

#include <vector>

namespace freerelay::ui {

/// The providers, in the order in which they are worth a person's time: usable without a key,
/// then those with a key, then the other free ones, then the rest.
class ProviderListModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ProviderListModel)

public:
    enum Role {
        IdRole = Qt::UserRole + 1, ///< QByteArray
        StateTextRole, ///< the state in words
        SearchRole, ///< what the filter looks at
    };

    explicit ProviderListModel(QObject *parent = nullptr);
    ~ProviderListModel() override = default;

    /// Takes over new rows; only what differs is announced.
    void setRows(std::vector<interfaces::ProviderRow> rows);
    [[nodiscard]] const interfaces::ProviderRow *row(const QByteArray &id) const;
    [[nodiscard]] QModelIndex indexOf(const QByteArray &id) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

    /// The state in words, with the gateway's reason where there is one.
    [[nodiscard]] static QString stateWords(const interfaces::ProviderRow &row);
    /// Name of the line icon whose outline stands for the state.
    [[nodiscard]] static QString stateIconName(interfaces::KeyState state);
    [[nodiscard]] static Tone stateTone(interfaces::KeyState state);
    /// "Free tier", "Paid", …
    [[nodiscard]] static QString tierWords(const QString &tier);

private:
    std::vector<interfaces::ProviderRow> m_rows;
};

} // namespace freerelay::ui
