#pragma once

#include "core/interfaces/app_keys.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace freerelay::tests {

/// Apps as a test says, which remember what was ordered.
class FakeAppKeys final : public interfaces::AppKeys
{
public:
    std::vector<interfaces::AppKeyRow> rows;
    QString trouble;
    std::optional<common::Error> error; ///< what every order answers
    std::vector<std::pair<QString, interfaces::AppKeyChange>> changes; ///< by id; "" = added
    QStringList revoked;
    QStringList restored;
    std::vector<std::pair<QString, QByteArray>> issued; ///< tool, key
    QStringList revokedTools;

    [[nodiscard]] std::vector<interfaces::AppKeyRow> list() const override { return rows; }
    [[nodiscard]] QString problem() const override { return trouble; }
    [[nodiscard]] common::Result<interfaces::NewAppKey>
    add(const interfaces::AppKeyChange &wanted) override
    {
        changes.emplace_back(QString(), wanted);
        if (error) {
            return tl::unexpected(*error);
        }
        interfaces::AppKeyRow row;
        row.id = QStringLiteral("app_%1").arg(rows.size() + 1);
        row.name = wanted.name.value_or(QString());
        row.rights.scopes = {QStringLiteral("chat"), QStringLiteral("models")};
        row.createdAt = QDateTime::fromSecsSinceEpoch(0);
        rows.push_back(row);
        return interfaces::NewAppKey{row, common::Secret("fr-app-000102030405060708090a0b")};
    }
    [[nodiscard]] common::Result<interfaces::AppKeyRow>
    change(const QString &id, const interfaces::AppKeyChange &wanted) override
    {
        changes.emplace_back(id, wanted);
        if (error) {
            return tl::unexpected(*error);
        }
        interfaces::AppKeyRow *row = find(id);
        if (row != nullptr && wanted.dailyBudget) {
            row->rights.dailyBudget = *wanted.dailyBudget;
        }
        if (row != nullptr && wanted.mode) {
            row->rights.mode = *wanted.mode;
        }
        return row != nullptr ? *row : interfaces::AppKeyRow();
    }
    [[nodiscard]] common::Result<void> revoke(const QString &id) override
    {
        revoked << id;
        if (interfaces::AppKeyRow *row = find(id); row != nullptr && !error) {
            row->revokedAt = QDateTime::fromSecsSinceEpoch(1);
        }
        return result();
    }
    [[nodiscard]] common::Result<void> restore(const QString &id) override
    {
        restored << id;
        if (interfaces::AppKeyRow *row = find(id); row != nullptr && !error) {
            row->revokedAt.reset();
        }
        return result();
    }
    [[nodiscard]] common::Secret
    proposedKey(const QString &, const common::Secret &recorded) const override
    {
        // Another one each time, as the real ones are.
        return recorded.isEmpty()
            ? common::Secret("fr-app-00112233445566778899" + QByteArray::number(m_proposed++))
            : recorded;
    }
    [[nodiscard]] common::Result<void>
    issue(const QString &tool, const QString &, const common::Secret &key) override
    {
        issued.emplace_back(tool, key.reveal());
        return result();
    }
    [[nodiscard]] common::Result<void> revokeTool(const QString &tool) override
    {
        revokedTools << tool;
        return result();
    }
    [[nodiscard]] common::Secret ownKey() const override
    {
        return common::Secret("fr-app-ffeeddccbbaa998877665544");
    }

private:
    mutable int m_proposed = 1'000;

    [[nodiscard]] common::Result<void> result() const
    {
        return error ? common::Result<void>(tl::unexpected(*error)) : common::Result<void>();
    }
    interfaces::AppKeyRow *find(const QString &id)
    {
        const auto row = std::find_if(
            rows.begin(), rows.end(), [&id](const auto &one) { return one.id == id; });
        return row == rows.end() ? nullptr : &*row;
    }
};

} // namespace freerelay::tests
