#pragma once

#include <QByteArrayView>

#include <cstdint>

namespace freerelay::catalog {

struct Model;

/// What kind of request a model answers.
enum class Task : std::uint8_t {
    Chat,
    Embeddings,
    Moderations,
    Other, ///< none that we relay (speech, images, ranking)
};

/// The task of a model that is no chat model, judged by words in its name
/// ("text-embedding-3-small", "bge-m3", "omni-moderation-latest"). Pure; any thread, as below.
[[nodiscard]] Task taskBesideChat(QByteArrayView modelName);

[[nodiscard]] Task taskOf(const Model &model);

/// Whether two names are of the same embedding model, so that vectors of both may stand in one
/// index: the last path segments, letter case and ":latest" and ":free" aside, are the same.
/// commonName() is too generous for that.
[[nodiscard]] bool isSameEmbedder(QByteArrayView name, QByteArrayView other);

} // namespace freerelay::catalog
