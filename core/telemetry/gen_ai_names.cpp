#include "gen_ai_names.h"

#include <QHash>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

QByteArray genAiProvider(const QByteArray &providerId)
{
    static const QHash<QByteArray, QByteArray> names{
        {"mistral"_ba, "mistral_ai"_ba},
        {"google"_ba, "gcp.gemini"_ba},
        {"azure"_ba, "azure.ai.inference"_ba},
        {"xai"_ba, "x_ai"_ba},
    };
    return names.value(providerId, providerId);
}

QByteArray genAiOperation(catalog::Task task)
{
    switch (task) {
    case catalog::Task::Embeddings:
        return "embeddings"_ba;
    case catalog::Task::Moderations:
        return "moderations"_ba;
    case catalog::Task::Chat:
    case catalog::Task::Other:
        break;
    }
    return "chat"_ba;
}

} // namespace freerelay::telemetry
