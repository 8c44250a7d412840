#pragma once

#include "core/catalog/types.h"
#include "core/common/result.h"

#include <QByteArrayView>

#include <vector>

namespace freerelay::catalog {

/// Reads a provider's model list into the names that its requests take, in list order and without
/// repetition.
///
/// Shapes (facts: resources/catalog/providers.yaml): {"data":[{"id"}]} (OpenAI and most), a bare
/// array (Together, GitHub), {"models":[{"name"}]} (Gemini, with a leading "models/" cut off;
/// Cohere; Ollama) and {"result":[{"name"}]} (Cloudflare). Rows that say they are something else
/// than a chat model are left out, unless their name tells an embedding or moderation model:
/// Gemini's supportedGenerationMethods without generateContent, Cohere's endpoints without chat, a
/// `type` such as embedding or image, Cloudflare tasks other than text generation, GitHub's
/// supported_output_modalities without text.
///
/// Bounds: 8 MiB, 5,000 rows, names of 1 to 256 printable bytes; rows beyond are left out.
/// Pure; any thread, but a large list takes some milliseconds: not for a worker thread.
/// @return ProtocolError when it is no JSON or holds no list of models; TooLarge
[[nodiscard]] common::Result<std::vector<QByteArray>>
parseModelList(const Provider &provider, QByteArrayView bytes);

} // namespace freerelay::catalog
