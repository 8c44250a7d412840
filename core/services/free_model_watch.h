#pragma once

#include "core/relay/records.h"

#include <QObject>

#include <functional>

namespace freerelay::services {

/// Watches whether models that are said to be free (tier unverified_free) answer for nothing:
/// one whole answer proves it, and a proven one that wants credit has lost it again
/// (facts: resources/catalog/models.yaml). Lives on the main thread; record() on any.
class FreeModelWatch final : public QObject, public relay::OutcomeSink
{
    Q_OBJECT

public:
    /// Called on this object's thread. @param model  full id
    using Found = std::function<void(const QByteArray &model, bool isFree)>;

    explicit FreeModelWatch(Found found);
    ~FreeModelWatch() override = default;
    Q_DISABLE_COPY_MOVE(FreeModelWatch)

    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;

private:
    void tell(const QByteArray &model, bool isFree);

    Found m_found;
};

} // namespace freerelay::services
