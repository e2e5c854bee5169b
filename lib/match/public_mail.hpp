#pragma once

#include "model/address.hpp"

namespace crmsync::match {

/// Whether everybody can have an address in this domain: such a domain never stands for a company.
bool is_public_mail(const Domain& domain);

} // namespace crmsync::match
