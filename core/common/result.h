#pragma once

#include "core/common/error.h"

#include <tl/expected.hpp>

namespace freerelay::common {

/// The value, or why there is none. The only way a module reports failure to another one:
/// no exception crosses a module.
template <typename T> using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure: `return failure(ErrorKind::NotFound, u"…"_s);`
[[nodiscard]] inline tl::unexpected<Error>
failure(ErrorKind kind, QString message, QString param = {})
{
    return tl::unexpected<Error>(Error{kind, std::move(message), {}, std::move(param), {}});
}

[[nodiscard]] inline tl::unexpected<Error> failure(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace freerelay::common
