#include "os/descriptor.h"

#include <unistd.h>

namespace galley::os {

void Descriptor::reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

}  // namespace galley::os
