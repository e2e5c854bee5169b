#pragma once

#include "base/failure.hpp"
#include "net/curl_handle.hpp"

namespace crmsync::net {

/// Why a transfer that did not end in an answer failed, named by its host.
Failure failure_of(const Transfer& transfer);

} // namespace crmsync::net
