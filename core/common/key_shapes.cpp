#include "key_shapes.h"

#include <algorithm>
#include <array>

namespace freerelay::common {

namespace {

constexpr std::array<QByteArrayView, 16> keyPrefixes{
    "sk-",
    "sk_",
    "pk_",
    "gsk_",
    "AIza",
    "nvapi-",
    "hf_",
    "xai-",
    "csk-",
    "cpk_",
    "pplx-",
    "ghp_",
    "gho_",
    "r8_",
    "github_pat_",
    "fw_"};
constexpr qsizetype minLength = 10;

} // namespace

bool startsLikeKey(QByteArrayView run)
{
    return run.size() >= minLength
        && std::any_of(keyPrefixes.begin(), keyPrefixes.end(), [run](QByteArrayView prefix) {
               return run.startsWith(prefix);
           });
}

} // namespace freerelay::common
