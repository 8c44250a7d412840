#pragma once

#include "core/interfaces/skills.h"

#include <vector>

namespace freerelay::tests {

/// Skills that answer with what they were asked.
class FakeSkills final : public interfaces::Skills
{
public:
    std::vector<QJsonObject> orders;

    [[nodiscard]] QJsonObject overview() const override
    {
        return {{QStringLiteral("skills"), QStringLiteral("all")}};
    }
    [[nodiscard]] QJsonObject results() const override
    {
        return {{QStringLiteral("results"), QStringLiteral("all")}};
    }
    [[nodiscard]] QJsonObject config() const override { return {{QStringLiteral("config"), true}}; }
    [[nodiscard]] common::Result<QJsonObject> supervise(const QJsonObject &order) override
    {
        orders.push_back(order);
        return order;
    }
};

} // namespace freerelay::tests
