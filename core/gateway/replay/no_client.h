#pragma once

#include "core/relay/downstream.h"

namespace freerelay::gateway {

/// Stands for a client that has left, of a reply that is made without it.
class NoClient final : public relay::Downstream
{
public:
    void reply(int, const common::HeaderList &, QByteArray) override { }
    void beginStream(int, const common::HeaderList &) override { }
    void write(const QByteArray &) override { }
    void finish() override { }
    void abort() override { }
    [[nodiscard]] qint64 pending() const override { return 0; }
    [[nodiscard]] bool isGone() const override { return true; }
    void setHandlers(std::function<void()>, std::function<void()>) override { }
};

} // namespace freerelay::gateway
