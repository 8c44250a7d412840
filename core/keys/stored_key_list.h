#pragma once

#include "core/common/result.h"
#include "core/keys/secret_store.h"

#include <QByteArray>

#include <vector>

namespace freerelay::keys {

/// Does the list hold the keys themselves, or only where they belong?
enum class ListContent { WithSecrets, WithoutSecrets };

/// The JSON in which stores keep their list of keys:
/// {"version":1,"keys":[{"provider":"groq","id":"…","host":"api.groq.com","key":"…"}]}.
/// Pure; any thread.
[[nodiscard]] QByteArray toJson(const std::vector<StoredKey> &keys, ListContent content);

/// @return ProtocolError when it is not such a list, or one of a later version
[[nodiscard]] common::Result<std::vector<StoredKey>>
storedKeysFromJson(const QByteArray &json, ListContent content);

} // namespace freerelay::keys
