#pragma once

#include "core/interfaces/app_connections.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace freerelay::tests {

/// Tools that stand as a test says, and remember what they were ordered.
class FakeAppConnections final : public interfaces::AppConnections
{
public:
    using AppState = interfaces::AppState;
    using AppOrder = interfaces::AppOrder;

    std::vector<interfaces::AppRow> rows{
        {QStringLiteral("claude"),
         QStringLiteral("Claude Code"),
         AppState::Found,
         {QStringLiteral("/home/me/.claude/settings.json")},
         true,
         false,
         {},
         {}},
        {QStringLiteral("opencode"),
         QStringLiteral("OpenCode"),
         AppState::Connected,
         {QStringLiteral("/home/me/.config/opencode/opencode.json")},
         false,
         true,
         {},
         {}},
        {QStringLiteral("zed"),
         QStringLiteral("Zed"),
         AppState::Overwritten,
         {QStringLiteral("/home/me/.config/zed/settings.json")},
         true,
         true,
         {},
         {}},
        {QStringLiteral("goose"),
         QStringLiteral("Goose"),
         AppState::NotFound,
         {QStringLiteral("/home/me/.config/goose/config.yaml")},
         true,
         false,
         {},
         {}},
        {QStringLiteral("open-webui"),
         QStringLiteral("Open WebUI"),
         AppState::ByHand,
         {},
         false,
         false,
         QStringLiteral("Admin Settings > Connections"),
         {}},
        {QStringLiteral("cursor"),
         QStringLiteral("Cursor"),
         AppState::Unreachable,
         {},
         false,
         false,
         QStringLiteral("Cursor sends requests from its own servers."),
         {}},
    };
    common::Result<interfaces::AppChange> change = interfaces::AppChange{
        QStringLiteral(
            "--- a\n+++ a\n@@ -1,2 +1,3 @@\n {\n+  \"model\": \"freerelay/auto\",\n }\n"),
        0};
    std::optional<common::Error> error; ///< what carryOut() answers
    common::Result<interfaces::AppAnswer> answer = interfaces::AppAnswer{
        QStringLiteral("groq"), QStringLiteral("groq/small"), std::chrono::milliseconds(240)};
    std::vector<std::pair<QString, AppOrder>> previewed;
    std::vector<std::pair<QString, AppOrder>> ordered;
    QStringList tested;
    bool holdsAnswers = false; ///< the test gives them, by `held`
    std::function<void(common::Result<interfaces::AppAnswer>)> held;

    [[nodiscard]] std::vector<interfaces::AppRow> list() const override { return rows; }
    [[nodiscard]] common::Result<interfaces::AppChange>
    preview(const QString &id, AppOrder order) override
    {
        previewed.emplace_back(id, order);
        return change;
    }
    [[nodiscard]] common::Result<void> carryOut(const QString &id, AppOrder order) override
    {
        ordered.emplace_back(id, order);
        if (error) {
            return tl::unexpected(*error);
        }
        const auto row = std::find_if(
            rows.begin(), rows.end(), [&id](const auto &one) { return one.id == id; });
        if (row != rows.end()) {
            row->state = order == AppOrder::Connect ? AppState::Connected : AppState::Found;
            row->canConnect = order == AppOrder::Undo;
            row->canUndo = order == AppOrder::Connect;
        }
        return {};
    }
    void test(
        const QString &id, std::function<void(common::Result<interfaces::AppAnswer>)> done) override
    {
        tested << id;
        if (holdsAnswers) {
            held = std::move(done);
        } else {
            done(answer);
        }
    }
};

} // namespace freerelay::tests
