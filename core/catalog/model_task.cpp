#include "model_task.h"

#include "core/catalog/types.h"

#include <algorithm>
#include <array>

namespace freerelay::catalog {

namespace {

/// What embedding models are called (of OpenAI, Google, Mistral, Cohere, NVIDIA, Ollama's library).
constexpr std::array<QByteArrayView, 4> embedders{"embed", "bge-", "minilm", "gte-"};

QByteArray bareName(QByteArrayView name)
{
    QByteArray bare = name.sliced(name.lastIndexOf('/') + 1).toByteArray().toLower();
    for (const QByteArrayView tag : {QByteArrayView(":latest"), QByteArrayView(":free")}) {
        if (bare.endsWith(tag)) {
            bare.chop(tag.size());
        }
    }
    return bare;
}

} // namespace

Task taskBesideChat(QByteArrayView modelName)
{
    const QByteArray name = modelName.toByteArray().toLower();
    if (name.contains("rerank")) {
        return Task::Other;
    }
    if (name.contains("moderation")) {
        return Task::Moderations;
    }
    const bool embeds = std::any_of(embedders.begin(), embedders.end(), [&](QByteArrayView word) {
        return name.contains(word);
    });
    return embeds ? Task::Embeddings : Task::Other;
}

Task taskOf(const Model &model)
{
    return model.chat ? Task::Chat : taskBesideChat(model.name);
}

bool isSameEmbedder(QByteArrayView name, QByteArrayView other)
{
    return bareName(name) == bareName(other);
}

} // namespace freerelay::catalog
