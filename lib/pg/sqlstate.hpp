#pragma once

#include "base/failure.hpp"

#include <string>
#include <string_view>

namespace crmsync::pg {

/// What a SQLSTATE asks for. A row with two characters stands for the whole class.
struct Meaning {
    std::string_view code;
    Reaction reaction;
    std::string_view name; ///< of the Failure
};

/// The row of the code itself, else of its class, else one that says "unknown".
const Meaning& meaning_of(std::string_view sqlstate);

/// The server's primary message in one line, without the values it may quote. Details are never
/// asked for: they hold rows.
std::string public_message(std::string_view sqlstate, std::string_view primary);

/// \param where the statement's name, or another word for what was tried.
Failure failure_of(std::string_view sqlstate, std::string_view primary, std::string_view where);

/// The SQLSTATE inside a verbose message of libpq ("FATAL:  3D000: database …"): a connection that
/// was never established has no result to ask. Empty when there is none.
std::string_view sqlstate_in(std::string_view verbose_message);

} // namespace crmsync::pg
